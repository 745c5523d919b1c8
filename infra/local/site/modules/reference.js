const response = await fetch('openapi.json');
const spec = await response.json();

window.SwaggerUIBundle({
  // The methods are tried on the server that this page comes from.
  spec: { ...spec, servers: [{ url: new URL('.', document.baseURI).href.replace(/\/$/, '') }] },
  dom_id: '#reference',
  deepLinking: true,
  tryItOutEnabled: true,
  // Its validator is another site.
  validatorUrl: null,
});
