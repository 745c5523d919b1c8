// The HTTP of everything in a function's process that speaks to the Runtime API: each request holds the token that
// the gateway gave to this process only. Without it, any local user or web page could take an invocation or answer one.
const http = require('node:http');

const token = process.env.ROSTBEEF_RUNTIME_TOKEN;
// The function sees the variables that Lambda has, and no other.
delete process.env.ROSTBEEF_RUNTIME_TOKEN;

exports.Agent = http.Agent;
exports.request = (options, answered) =>
  http.request({ ...options, headers: { ...options.headers, authorization: `Bearer ${token}` } }, answered);
