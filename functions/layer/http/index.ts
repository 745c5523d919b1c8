export {
  createEndpoint,
  type Endpoint,
  type EndpointOptions,
  type InvocationSockets,
  openSockets,
} from './endpoint.ts';
export { TransportError } from './errors.ts';
export { type PostOptions, post } from './transport.ts';
