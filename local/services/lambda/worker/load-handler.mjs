/** Finds and loads the handler of a deployment package, ES module or CommonJS, as the Lambda runtime does. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileFunction, constants } from 'node:vm';
import { errorObject, ReportedError, runtimeError } from './error-object.mjs';

/**
 * @param {string} codeDirectory
 * @param {string} handler `path/to/module.exported.name`
 * @returns {Promise<(event: unknown, context: object) => unknown>}
 */
export async function loadHandler(codeDirectory, handler) {
  const file = moduleFile(codeDirectory, handler);
  let module;
  try {
    module = isBareCommonJs(file, codeDirectory) ? loadCommonJs(file) : await import(pathToFileURL(file).href);
  } catch (error) {
    throw new ReportedError(loadError(error));
  }
  return exportedHandler(module, handler);
}

/** Only a failing import is the runtime's error; what the module's own code throws keeps its name. */
function loadError(error) {
  if (error instanceof SyntaxError) return runtimeError('Runtime.UserCodeSyntaxError', error);
  if (error?.code === 'ERR_MODULE_NOT_FOUND' || error?.code === 'MODULE_NOT_FOUND')
    return runtimeError('Runtime.ImportModuleError', error);
  return errorObject(error);
}

function moduleFile(codeDirectory, handler) {
  const name = basename(handler);
  const path = join(codeDirectory, dirname(handler), name.slice(0, name.indexOf('.')));
  const file = ['.js', '.mjs', '.cjs'].map((extension) => path + extension).find((candidate) => existsSync(candidate));
  if (name.includes('.') && file) return file;
  throw new ReportedError({
    errorType: name.includes('.') ? 'Runtime.ImportModuleError' : 'Runtime.MalformedHandlerName',
    errorMessage: name.includes('.') ? `Error: Cannot find module '${basename(path)}'` : `Bad handler "${handler}"`,
    trace: [],
  });
}

function exportedHandler(module, handler) {
  const path = basename(handler).split('.').slice(1);
  const find = (root) => path.reduce((object, key) => object?.[key], root);
  const found = find(module) ?? find(module.default);
  if (typeof found !== 'function')
    throw new ReportedError({
      errorType: 'Runtime.HandlerNotFound',
      errorMessage: `${handler} is undefined or not exported`,
      trace: [],
    });
  if (found.length >= 3)
    throw new ReportedError({
      errorType: 'Runtime.CallbackHandlerDeprecated',
      errorMessage: 'From nodejs24.x on Lambda has no callback-based handlers: make the handler an async function.',
      trace: [],
    });
  return found;
}

/**
 * In Lambda a `.js` file without a package.json beside it is CommonJS. Here it may lie below this project's
 * package.json, which makes it an ES module for Node; so it must not be left to Node to decide.
 */
function isBareCommonJs(file, codeDirectory) {
  if (!file.endsWith('.js')) return false;
  for (let directory = dirname(file); directory.startsWith(codeDirectory); directory = dirname(directory))
    if (existsSync(join(directory, 'package.json'))) return false;
  return true;
}

function loadCommonJs(file) {
  const module = { exports: {}, filename: file, id: file, loaded: false };
  const wrapper = compileFunction(
    readFileSync(file, 'utf8'),
    ['exports', 'require', 'module', '__filename', '__dirname'],
    { filename: file, importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER },
  );
  wrapper.call(module.exports, module.exports, createRequire(file), module, file, dirname(file));
  module.loaded = true;
  return module.exports;
}
