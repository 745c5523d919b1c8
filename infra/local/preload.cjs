// Loaded before aws-lambda-ric into every function's process. Plain CommonJS: it must not cost a cold start a type stripper.
const Module = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

// The client's three native calls, without its C++ build.
const rapidClient = pathToFileURL(path.join(__dirname, 'rapid-client.cjs')).href;
Module.registerHooks({
  resolve: (specifier, context, next) =>
    specifier === './rapid-client.node'
      ? { url: rapidClient, format: 'commonjs', shortCircuit: true }
      : next(specifier, context),
});

// In Lambda nothing lies above /var/task and /opt. Here a project's node_modules does: without this, a module that
// was forgotten in the bundle, or the layer's own source, would be found there and missed only after a deployment.
const roots = [process.env.LAMBDA_TASK_ROOT, ...process.env.NODE_PATH.split(path.delimiter)];
const nodeModulePaths = Module._nodeModulePaths;
Module._nodeModulePaths = (from) =>
  nodeModulePaths(from).filter((folder) => roots.some((root) => folder === root || folder.startsWith(root + path.sep)));
