export { call } from './client.ts';
export { DecodeError, EncodeError, TransportError } from './errors.ts';
export { createEndpoint, type Endpoint, type EndpointOptions, InvocationSockets } from './transport.ts';
export { xmlProblem } from './xml-text.ts';
