import { Runtime, RuntimeFamily } from 'aws-cdk-lib/aws-lambda';

/** Node.js 24, given by its name, because releases of the CDK before 2.224 have no constant for it. */
export const NODE_RUNTIME = new Runtime('nodejs24.x', RuntimeFamily.NODEJS, { supportsInlineCode: true });
