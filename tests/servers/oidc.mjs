// The authorization server oidc-provider on a free port of this computer; says "ready ISSUER" when it is. Anybody signs in
// with any password, and everybody is a nurse.
import http from 'node:http';
import Provider from 'oidc-provider';

// It knows what is written here and nothing else; readings are changed only by who may withdraw them.
const READINGS = ['Observation.crs', 'Observation.crus'];
const NEEDED = ['Patient.crus', ...READINGS, 'Device.crus', 'DeviceUseStatement.crus', 'Provenance.cs'];
const OF_FHIR = ['user', 'system'].flatMap((who) => NEEDED.map((scope) => `${who}/${scope}`));
const RESOURCE = 'https://fhir.example.org/r4';

const server = http.createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    scopes: ['openid', 'profile', 'offline_access', 'fhirUser', ...OF_FHIR],
    claims: { openid: ['sub', 'roles'], profile: ['name'], fhirUser: ['fhirUser'] },
    clients: [
      {
        client_id: 'glucodock',
        token_endpoint_auth_method: 'none',
        application_type: 'native',
        grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
        response_types: [],
        redirect_uris: [],
      },
    ],
    clientAuthMethods: ['none', 'private_key_jwt'],
    // What SMART App Launch wants of servers, and this one does not take by default.
    enabledJWA: { clientAuthSigningAlgValues: ['RS384', 'ES384'] },
    findAccount: async (_context, id) => ({
      accountId: id,
      claims: async () => ({
        sub: id,
        name: `Nurse ${id}`,
        roles: ['nurse'],
        fhirUser: `${RESOURCE}/Practitioner/${id}`,
      }),
    }),
    rotateRefreshToken: true,
    features: {
      devInteractions: { enabled: true },
      deviceFlow: { enabled: true },
      clientCredentials: { enabled: true },
      registration: { enabled: true },
      revocation: { enabled: true },
      userinfo: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: async () => RESOURCE,
        useGrantedResource: async () => true,
        getResourceServerInfo: async (_context, audience) => ({
          scope: OF_FHIR.join(' '),
          audience,
          accessTokenFormat: 'jwt',
        }),
      },
    },
  });
  provider.on('server_error', (_context, error) => console.error('server_error', error));
  provider.on('grant.error', (_context, error) => console.error('grant.error', error.error_description));
  server.on('request', provider.callback());
  console.log(`ready ${issuer}`);
});
