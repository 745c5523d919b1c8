/**
 * The limits of every AWS SDK client. In a VPC without an endpoint or a NAT gateway, a connection hangs. Two attempts end
 * within a function's time.
 */
export const AWS_CLIENT_LIMITS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
};
