// Loaded before aws-lambda-ric into every function's process. Plain CommonJS: it must not cost a cold start a type stripper.
const Module = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

// What the runtime client imports, and what it gets instead: its three native calls without its C++ build, and
// requests with the token of this process.
const runtimeClient = pathToFileURL(process.argv[1]).href;
const replacements = new Map([
  ['./rapid-client.node', 'rapid-client.cjs'],
  ['node:http', 'runtime-http.cjs'],
]);
Module.registerHooks({
  resolve: (specifier, context, next) => {
    const file = context.parentURL === runtimeClient && replacements.get(specifier);
    return file
      ? { url: pathToFileURL(path.join(__dirname, file)).href, format: 'commonjs', shortCircuit: true }
      : next(specifier, context);
  },
});

// In Lambda nothing lies above /var/task and /opt. Here a project's node_modules does: without this, a module that
// was forgotten in the bundle, or the layer's own source, would be found there and missed only after a deployment.
const roots = [process.env.LAMBDA_TASK_ROOT, ...process.env.NODE_PATH.split(path.delimiter)];
const nodeModulePaths = Module._nodeModulePaths;
Module._nodeModulePaths = (from) =>
  nodeModulePaths(from).filter((folder) => roots.some((root) => folder === root || folder.startsWith(root + path.sep)));
