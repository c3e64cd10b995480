/** The documentation page: one area of the API at a time, in Swagger UI. The token a reader enters stays in this browser. */
import type { AreaContents } from '../../layers/kernel/openapi/areas.ts';
import { setUpLanguage, text } from '../texts.ts';
import { areaOf, showAreas } from './areas.ts';
import { localReferences } from './local-references.ts';

declare const SwaggerUIBundle: (options: Record<string, unknown>) => void;

async function show(): Promise<void> {
  const answer = await fetch('/api/docs/assets/areas.json');
  if (!answer.ok) throw new Error(`areas.json: ${answer.status}`);
  const areas: AreaContents[] = await answer.json();
  const shown = areaOf(areas, location);
  // What opens and closes on the page rewrites the fragment: an area that it alone named would be lost with it.
  history.replaceState(null, '', `?area=${shown.id}${location.hash}`);
  setUpLanguage(() => showAreas(areas, shown));
  SwaggerUIBundle({
    url: `/api/openapi/${shown.id}.json`,
    dom_id: '#docs',
    plugins: [localReferences],
    deepLinking: true,
    persistAuthorization: true,
    docExpansion: 'none',
    defaultModelsExpandDepth: 0,
  });
  // Somebody wrote another address into the same page.
  addEventListener('hashchange', () => {
    if (areaOf(areas, location) !== shown) location.reload();
  });
}

show().catch((error: Error) => {
  const message = document.createElement('p');
  message.role = 'alert';
  message.textContent = `${text('notLoaded')} ${error.message}`;
  document.querySelector('#docs')!.replaceChildren(message);
});
