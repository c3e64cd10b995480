/**
 * Has bundles require Node's HTTP module, which an ES module would import. An import reads every export of it, and behind one
 * of them (`WebSocket`) Node loads the whole of undici: 16 ms of computing at the cold start of each function that calls AWS,
 * against 3 ms for HTTP itself.
 * @see https://github.com/nodejs/node/blob/v24.x/lib/internal/bootstrap/realm.js `syncExports`
 * @see https://github.com/nodejs/node/blob/v24.x/lib/http.js `lazyUndici`
 */
import http from 'node:http';
import type { Plugin } from 'esbuild';

const namespace = 'required-module';

/** What a bundle may import by name; what Node computes when it is read is in the default export alone. */
const names = Object.entries(Object.getOwnPropertyDescriptors(http))
  .filter(([, property]) => 'value' in property)
  .map(([name]) => name);
const contents = [
  'const http = require("node:http");',
  'export default http;',
  ...names.map((name) => `export const ${name} = http.${name};`),
].join('\n');

export const requireHttp: Plugin = {
  name: 'require-http',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:)?http$/ }, ({ kind }) =>
      // What is required stays outside of the bundle, like every module of Node.
      kind === 'require-call' ? undefined : { path: 'node_http', namespace },
    );
    onLoad({ filter: /^/, namespace }, () => ({ contents }));
  },
};

/** Whether an input of a bundle lies on the disk, and was not made here. */
export const isFile = (input: string): boolean => !input.startsWith(`${namespace}:`);
