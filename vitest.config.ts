import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{infra,functions,layers,local,console,test}/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'dist/**', 'cdk.out/**'],
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
