/**
 * The limits of every AWS SDK client. In a VPC without an endpoint or a NAT, a connection never ends by itself. Two attempts
 * must end well before the deadline of a function.
 */
export const AWS_CLIENT_LIMITS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
};
