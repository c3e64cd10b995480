/** Manifest of the site: health, documentation and the start page. It owns no data. */
import { defineDomain } from '../../layers/kernel/domain/manifest.ts';
import { consolePage } from './console/routes.ts';
import { apis, docs, openApi, openApiAreas } from './docs/routes.ts';
import { health } from './health/routes.ts';

const folder = 'functions/site';

export const site = defineDomain({
  name: 'site',
  tables: {},
  events: [],
  resources: [
    { resource: health, entry: `${folder}/health/handler.ts`, access: {} },
    { resource: openApi, entry: `${folder}/docs/openapi-handler.ts`, access: {}, assets: ['dist/site/openapi.json'] },
    {
      resource: openApiAreas,
      entry: `${folder}/docs/openapi-areas-handler.ts`,
      access: {},
      assets: ['dist/site/openapi'],
    },
    {
      resource: apis,
      entry: `${folder}/docs/apis-handler.ts`,
      access: { tables: { limits: 'write' } },
      assets: ['dist/site/apis.json'],
    },
    {
      resource: docs,
      entry: `${folder}/docs/docs-handler.ts`,
      access: {},
      assets: [
        'console/docs/index.html',
        'console/docs/docs.css',
        'console/page.css',
        'dist/site/docs.js',
        'dist/site/areas.json',
        'dist/site/client.d.ts',
        'node_modules/swagger-ui-dist/swagger-ui.css',
        'node_modules/swagger-ui-dist/swagger-ui-bundle.js',
      ],
    },
    {
      resource: consolePage,
      entry: `${folder}/console/handler.ts`,
      access: { webSocketUrl: true },
      assets: ['console/index.html', 'console/page.css', 'console/console.css', 'dist/site/console.js'],
    },
  ],
});
