/** The SDK's credential providers, but the one for the environment that Lambda sets: a file of the layer by itself. */
export { fromEnv } from '@aws-sdk/credential-provider-env';
export { fromHttp } from '@aws-sdk/credential-provider-http';
export { fromIni } from '@aws-sdk/credential-provider-ini';
export { fromLoginCredentials } from '@aws-sdk/credential-provider-login';
export { fromProcess } from '@aws-sdk/credential-provider-process';
export { fromSSO } from '@aws-sdk/credential-provider-sso';
export { fromTokenFile, fromWebToken } from '@aws-sdk/credential-provider-web-identity';
export {
  ENV_CMDS_FULL_URI,
  ENV_CMDS_RELATIVE_URI,
  fromContainerMetadata,
  fromInstanceMetadata,
} from '@smithy/credential-provider-imds';
