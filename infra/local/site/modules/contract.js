/**
 * Reads the methods from the OpenAPI document.
 *
 * @returns {Promise<Method[]>}
 * @typedef {{ name: string, summary: string, description: string, fields: Field[], example: Record<string, unknown> }} Method
 * @typedef {{ name: string, description: string, isRequired: boolean, isNumber: boolean }} Field
 */
export async function loadMethods() {
  const response = await fetch('openapi.json');
  const { paths, components } = await response.json();
  return Object.entries(paths).map(([path, { post }]) => {
    const { schema, example } = post.requestBody.content['application/json'];
    const { properties, required = [] } = components.schemas[schema.$ref.split('/').at(-1)];
    return {
      name: path.slice(1),
      summary: post.summary,
      description: post.description,
      example,
      fields: Object.entries(properties).map(([name, { description = '', type }]) => ({
        name,
        description,
        isRequired: required.includes(name),
        isNumber: type === 'integer' || type === 'number',
      })),
    };
  });
}
