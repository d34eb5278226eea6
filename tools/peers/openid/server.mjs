// A certified OpenID provider on loopback: node server.mjs PORT ADDRESS-OF-THE-SERVICE
import { Provider } from 'oidc-provider';

const [port, service] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const name = 'council';

const provider = new Provider(issuer, {
  clients: [{
    client_id: 'the-knowledge',
    client_secret: 'a-secret-for-loopback-alone',
    redirect_uris: [`${service}/sign-in/${name}/back`],
    post_logout_redirect_uris: [`${service}/`],
    backchannel_logout_uri: `${service}/sign-in/${name}/ended`,
    backchannel_logout_session_required: true,
    response_types: ['code'],
    grant_types: ['authorization_code'],
  }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  // Whoever signs in as "amina" is amina@northmoor.example, as long as nobody says otherwise.
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({
      sub: id, email: `${id}@northmoor.example`, email_verified: true, name: `${id} Test`,
    }),
  }),
  cookies: { keys: ['for loopback alone'] },
  features: {
    devInteractions: { enabled: true },
    rpInitiatedLogout: { enabled: true },
    backchannelLogout: { enabled: true },
  },
  pkce: { required: () => true, methods: ['S256'] },
});

provider.listen(Number(port), '127.0.0.1', () => console.log(`ready ${issuer}`));
