/** Returns a command for a shell that makes the call. */
export function curlFor(method, input) {
  const quoted = JSON.stringify(input).replaceAll("'", "'\\''");
  const url = new URL(method, document.baseURI);
  return `curl -sS ${url} -H 'Content-Type: application/json' \\\n  -d '${quoted}'`;
}

/** Returns JavaScript that invokes the function by the AWS SDK. */
export function clientCodeFor(method, input) {
  const { origin } = new URL('.', document.baseURI);
  return [
    "import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';",
    '',
    '// Without the endpoint and the credentials, this calls the function on AWS.',
    'const client = new LambdaClient({',
    `  endpoint: ${JSON.stringify(origin)},`,
    "  region: 'eu-west-1',",
    "  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },",
    '});',
    `const Payload = JSON.stringify(${JSON.stringify(input, null, 2)});`,
    `const response = await client.send(new InvokeCommand({ FunctionName: ${JSON.stringify(method)}, Payload }));`,
    'console.log(response.FunctionError, response.Payload.transformToString());',
  ].join('\n');
}
