// Replaces the native addon of aws-lambda-ric by the same three calls in JavaScript.
const net = require('node:net');
const { Agent, request: httpRequest } = require('./runtime-http.cjs');

const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const base = '/2018-06-01/runtime/invocation';

// With one connection, a response arrives before the next invocation is requested. The native client blocks instead.
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
// The process exits when the connection closes, so that no function outlives the gateway, even after SIGKILL.
agent.createConnection = (options, connected) => net.connect(options, connected).on('close', () => process.exit(1));

const request = (method, path, body, headers) =>
  new Promise((resolve, reject) => {
    const sent = httpRequest({ hostname, port, method, path, headers, agent }, (response) => {
      let bodyJson = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        bodyJson += chunk;
      });
      response.on('end', () => resolve({ bodyJson, headers: response.headers }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });

const post = (path, body, headers) => {
  const length = Buffer.byteLength(body);
  request('POST', path, body, { 'content-type': 'application/json', 'content-length': length, ...headers }).catch(() =>
    process.exit(1),
  );
};

module.exports = {
  next: () => request('GET', `${base}/next`),
  done: (id, body) => post(`${base}/${id}/response`, body, {}),
  error: (id, body) => post(`${base}/${id}/error`, body, {}),
};
