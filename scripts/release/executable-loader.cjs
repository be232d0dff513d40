// The main script of the executable: runs the program's modules, which are assets of it, each when it is first asked for.
// They are compressed: what was read of the executable's file stays in memory, as bytes that nobody looks at again.
const { compileFunction } = require('node:vm');
const { getRawAsset } = require('node:sea');
const { gunzipSync } = require('node:zlib');

const parameters = ['exports', 'require', 'module', '__filename', '__dirname'];

const loaded = new Map();

function load(name) {
  const known = loaded.get(name);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  loaded.set(name, module);
  const text = gunzipSync(getRawAsset(name)).toString();
  const run = compileFunction(text, parameters, { filename: `rekindle/${name}` });
  run(module.exports, requireFrom, module, process.execPath, '/');
  return module.exports;
}

/** What is no module of the program is one of Node's own: the executable holds nothing else. */
function requireFrom(name) {
  return name.startsWith('./') ? load(name.slice('./'.length)) : require(name);
}

load('main.js');
