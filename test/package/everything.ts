/** The app that `npm run test:constructs` synthesizes: each construct of the package once. */
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
const stack = new Stack(app, 'Chat');
const vpc = new Vpc(stack, 'Vpc');
const url = 'https://xmpp.internal:5443/xmlrpc';
const secret = new EjabberdSecret(stack, 'Account', { account: 'rostbeef@xmpp.internal' });
const adminSecret = new EjabberdSecret(stack, 'Administrator', { account: 'rotation@xmpp.internal' });
const idempotency = new EjabberdIdempotency(stack, 'Idempotency');
const dynamodb = { prefixListId: 'pl-1234567890abcdef0' };
const placement = new EjabberdNetwork(stack, 'Network', { vpc, ejabberdUrl: url, dynamodb });
const ejabberd = { url };
const rostbeef = new EjabberdFunctions(stack, 'Rostbeef', { vpc, placement, ejabberd, secret, idempotency });
const { api } = new EjabberdApi(stack, 'Api', { functions: rostbeef.functions });
const doctor = new EjabberdDoctor(stack, 'Doctor', { rostbeef });
const rotation = new EjabberdRotation(stack, 'Rotation', { rostbeef, secret, adminSecret });
const events = new EjabberdEvents(stack, 'Events', { rostbeef, sources: ['com.example.crm'] });
const workflows = new EjabberdWorkflows(stack, 'Workflows', { rostbeef });
const email = 'ops@example.com';
new EjabberdMonitoring(stack, 'Monitoring', { rostbeef, doctor, api, rotation, events, workflows, email });
const link = new RostbeefTask(stack, 'Link', {
  rostbeef,
  method: 'link_contacts',
  input: { jid1: '{% $states.input.jid %}', nick1: 'Ann', jid2: 'bob@example.com', nick2: 'Bob' },
});
link.addCatch(new Fail(stack, 'NoSuchUser'), { errors: ['ItemNotFoundError'] });
const definitionBody = DefinitionBody.fromChainable(link);
new StateMachine(stack, 'Machine', { queryLanguage: QueryLanguage.JSONATA, definitionBody });
app.synth();
