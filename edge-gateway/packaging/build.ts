/**
 * Packs the gateway as it is installed: a bundle that Node 24 runs, the package that npm installs, the systemd unit, the
 * container file and the Greengrass recipe beside it.
 *
 *     node edge-gateway/packaging/build.ts            → dist/edge-gateway
 */
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** Native code, installed by npm for the machine's own platform. */
const external = ['serialport'];
const folder = import.meta.dirname;
const root = join(folder, '../..');

export interface PackedGateway {
  folder: string;
  version: string;
  bytes: number;
}

export async function packGateway(outFolder = join(root, 'dist/edge-gateway')): Promise<PackedGateway> {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { version, license } = manifest as { version: string; license: string };
  rmSync(outFolder, { recursive: true, force: true });
  mkdirSync(outFolder, { recursive: true });
  const { metafile } = await build({
    entryPoints: [join(root, 'edge-gateway/main.ts')],
    outdir: outFolder,
    entryNames: 'gateway',
    chunkNames: 'lib/[name]-[hash]',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // A station loads the protocols it has, and native code only when it has a serial line.
    splitting: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    external,
    minify: true,
    keepNames: true,
    legalComments: 'external',
    metafile: true,
    logLevel: 'error',
    define: { MIZAN_GATEWAY_VERSION: JSON.stringify(version) },
    // Parts of the MQTT client are CommonJS and asks for Node's own modules.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  // npm links it as a command.
  const entry = join(outFolder, 'gateway.mjs');
  writeFileSync(entry, `#!/usr/bin/env node\n${readFileSync(entry, 'utf8')}`, { mode: 0o755 });
  const packageManifest = {
    name: 'mizan-edge-gateway',
    version,
    license,
    description: 'The gateway of one station: Modbus, DNP3, IEC 61850, MQTT and HTTP devices to the Mizan platform.',
    type: 'module',
    bin: { 'mizan-gateway': 'gateway.mjs' },
    files: ['gateway.mjs', 'lib', 'mizan-gateway.service', 'gateway.example.json'],
    engines: { node: '>=24' },
    dependencies: Object.fromEntries(external.map((name) => [name, manifest.dependencies[name]])),
  };
  writeFileSync(join(outFolder, 'package.json'), `${JSON.stringify(packageManifest, null, 2)}\n`);
  for (const name of ['mizan-gateway.service', 'Containerfile', 'gateway.example.json'])
    copyFileSync(join(folder, name), join(outFolder, name));
  const recipe = readFileSync(join(folder, 'greengrass-recipe.yaml'), 'utf8').replaceAll('{{VERSION}}', version);
  writeFileSync(join(outFolder, 'greengrass-recipe.yaml'), recipe);
  copyFileSync(join(root, 'LICENSE'), join(outFolder, 'LICENSE'));
  copyFileSync(join(root, 'edge-gateway/README.md'), join(outFolder, 'README.md'));
  const bytes = Object.values(metafile.outputs).reduce((sum, output) => sum + output.bytes, 0);
  return { folder: outFolder, version, bytes };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { folder: made, version, bytes } = await packGateway(process.argv[2]);
  process.stdout.write(`${made}: version ${version}, ${(bytes / 1024).toFixed(0)} KiB\n`);
}
