export {
  createEndpoint,
  type Endpoint,
  type EndpointOptions,
  type InvocationSockets,
  openSockets,
} from './endpoint.ts';
export { TransportError } from './errors.ts';
export { type Post, post } from './transport.ts';
