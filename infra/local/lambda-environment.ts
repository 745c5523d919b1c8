import { delimiter, join } from 'node:path';
import type { SandboxOptions } from './sandbox.ts';

/** The account of AWS’s documentation. */
export const accountId = '123456789012';

const defaultRegion = 'eu-west-1';

function regionOf({ environment = {} }: SandboxOptions): string {
  const { AWS_REGION, AWS_DEFAULT_REGION } = environment;
  return AWS_REGION ?? AWS_DEFAULT_REGION ?? defaultRegion;
}

/** Returns the function’s ARN. */
export function functionArn(options: SandboxOptions): string {
  return `arn:aws:lambda:${regionOf(options)}:${accountId}:function:${options.name}`;
}

/**
 * Returns the environment variables of a function: its own, and Lambda’s, which override them. Of this process’s environment
 * it gets only `PATH`.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function lambdaEnvironment(options: SandboxOptions): Record<string, string> {
  const { name, folder, layer, memoryMegabytes = 512 } = options;
  const { PATH = '' } = process.env;
  const region = regionOf(options);
  // The managed runtime’s list begins with these folders below /opt. Its own /var/runtime has no counterpart here.
  const layerModules = layer ? [join(layer, 'nodejs/node24/node_modules'), join(layer, 'nodejs/node_modules')] : [];
  return {
    PATH,
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    ...options.environment,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMegabytes),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    LAMBDA_TASK_ROOT: folder,
    NODE_PATH: [...layerModules, folder].join(delimiter),
    _HANDLER: 'index.handler',
  };
}
