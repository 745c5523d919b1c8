/** An app with every construct of the package. `npm run test:constructs` synthesizes it with other releases of the CDK. */
import { App, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { DefinitionBody, Fail, QueryLanguage, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import {
  EjabberdApi,
  EjabberdDoctor,
  EjabberdEvents,
  EjabberdFunctions,
  EjabberdIdempotency,
  EjabberdMonitoring,
  EjabberdNetwork,
  EjabberdRotation,
  EjabberdSecret,
  EjabberdWorkflows,
  RostbeefTask,
} from 'rostbeef-functions';

const app = new App();
const stack = new Stack(app, 'Chat', { env: { account: '111111111111', region: 'eu-central-1' } });
const vpc = new Vpc(stack, 'Vpc');
const url = 'https://xmpp.internal:5443/xmlrpc';
const secret = new EjabberdSecret(stack, 'Account', { account: 'rostbeef@xmpp.internal' });
const adminSecret = new EjabberdSecret(stack, 'Admin', { account: 'admin@xmpp.internal' });
const idempotency = new EjabberdIdempotency(stack, 'Keys');
const placement = new EjabberdNetwork(stack, 'Network', {
  vpc,
  ejabberdUrl: url,
  dynamodb: { prefixListId: 'pl-5a1b2c3d' },
});
const rostbeef = new EjabberdFunctions(stack, 'Rostbeef', {
  vpc,
  placement,
  ejabberd: { url },
  secret,
  idempotency,
  maxConcurrency: 30,
});
const { api } = new EjabberdApi(stack, 'Api', { functions: rostbeef.functions });
const doctor = new EjabberdDoctor(stack, 'Doctor', { rostbeef });
const rotation = new EjabberdRotation(stack, 'Rotation', { rostbeef, secret, adminSecret });
const events = new EjabberdEvents(stack, 'Events', { rostbeef, sources: ['com.example.crm'] });
const workflows = new EjabberdWorkflows(stack, 'Workflows', { rostbeef });
new EjabberdMonitoring(stack, 'Monitoring', {
  rostbeef,
  doctor,
  api,
  rotation,
  events,
  workflows,
  email: 'ops@example.com',
});
const link = new RostbeefTask(stack, 'Link', {
  rostbeef,
  method: 'link_contacts',
  input: { jid1: '{% $states.input.jid %}', nick1: 'Ann', jid2: 'bob@example.com', nick2: 'Bob' },
});
link.addCatch(new Fail(stack, 'NoSuchUser'), { errors: ['ItemNotFoundError'] });
new StateMachine(stack, 'Machine', {
  queryLanguage: QueryLanguage.JSONATA,
  definitionBody: DefinitionBody.fromChainable(link),
});
app.synth();
