// Adds the token of this process to each request to the Runtime API. Without a token, any local user or web page could take an
// invocation or respond to one.
const http = require('node:http');

const token = process.env.ROSTBEEF_RUNTIME_TOKEN;
// Hides the token from the function, because Lambda has no such variable.
delete process.env.ROSTBEEF_RUNTIME_TOKEN;

exports.Agent = http.Agent;
exports.request = (options, answered) =>
  http.request({ ...options, headers: { ...options.headers, authorization: `Bearer ${token}` } }, answered);
