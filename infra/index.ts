/** The constructs that another CDK app may use. */
export { EjabberdApi, type EjabberdApiProps } from './constructs/ejabberd-api.ts';
export { EjabberdDoctor, type EjabberdDoctorProps } from './constructs/ejabberd-doctor.ts';
export { EjabberdEvents, type EjabberdEventsProps, type EventQueue } from './constructs/ejabberd-events.ts';
export {
  type AddedFunctionProps,
  EjabberdFunctions,
  type EjabberdFunctionsProps,
  type EjabberdProps,
} from './constructs/ejabberd-functions.ts';
export { EjabberdIdempotency, type EjabberdIdempotencyProps } from './constructs/ejabberd-idempotency.ts';
export { EjabberdMonitoring, type EjabberdMonitoringProps } from './constructs/ejabberd-monitoring.ts';
export { type DynamoDbAccess, EjabberdNetwork, type EjabberdNetworkProps } from './constructs/ejabberd-network.ts';
export { EjabberdRotation, type EjabberdRotationProps } from './constructs/ejabberd-rotation.ts';
export { EjabberdSecret, type EjabberdSecretProps } from './constructs/ejabberd-secret.ts';
export { EjabberdWorkflows, type EjabberdWorkflowsProps } from './constructs/ejabberd-workflows.ts';
export {
  FAILED_BY_LAMBDA,
  OUTCOME_UNKNOWN_ERRORS,
  PERMANENT_ERRORS,
  REFUSED_BY_LAMBDA,
  REPEAT_AFTER_ALL,
  RETRYABLE_ERRORS,
  type Retrier,
  retriersOf,
} from './constructs/retries.ts';
export { type Placement, RostbeefFunction, type RostbeefFunctionProps } from './constructs/rostbeef-function.ts';
export { RostbeefTask, type RostbeefTaskProps } from './constructs/rostbeef-task.ts';
