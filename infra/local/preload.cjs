// Loaded into every function’s process before aws-lambda-ric. It is JavaScript, because stripping types would slow cold starts.
const Module = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

// Replacements for imports of the runtime client: its native addon, and node:http with the token of this process.
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

// Hides the project’s node_modules from the function. Otherwise a module that is missing in the bundle would be found here, and
// would be missed only after a deployment.
const roots = [process.env.LAMBDA_TASK_ROOT, ...process.env.NODE_PATH.split(path.delimiter)];
const nodeModulePaths = Module._nodeModulePaths;
Module._nodeModulePaths = (from) =>
  nodeModulePaths(from).filter((folder) => roots.some((root) => folder === root || folder.startsWith(root + path.sep)));
