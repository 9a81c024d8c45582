import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const typescript = createRequire(new URL('../../web/package.json', import.meta.url))('typescript');

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const options = { compilerOptions: { target: 'ES2022', module: 'ESNext', verbatimModuleSyntax: true } };
  const { outputText } = typescript.transpileModule(readFileSync(fileURLToPath(url), 'utf8'), options);
  return { format: 'module', source: outputText, shortCircuit: true };
}
