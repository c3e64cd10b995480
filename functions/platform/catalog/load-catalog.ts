/**
 * The catalogue for functions that seldom need it: its schemas are many, and building them at every cold start would
 * cost more than most requests.
 */
export const loadCatalog = () => import('./catalog.ts');
