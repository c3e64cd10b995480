// Shows the generated document; the token a reader enters stays in this browser.
SwaggerUIBundle({
  url: '/api/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  persistAuthorization: true,
  docExpansion: 'none',
  defaultModelsExpandDepth: 0,
});
