import { loadMethods } from './contract.js';
import { methodForm } from './method-form.js';
import { rosterView } from './roster-view.js';

const loading = document.getElementById('loading');
try {
  const methods = await loadMethods();
  loading.replaceWith(...methods.map(methodForm));
  openNamed();
} catch (error) {
  loading.textContent = `The methods could not be loaded: ${error.message}`;
}
document.getElementById('rosters').append(rosterView(await loadDemo()));
window.addEventListener('hashchange', openNamed);

/** Opens the method that the address names, such as `#get_roster`. */
function openNamed() {
  const named = document.getElementById(location.hash.slice(1));
  if (named?.tagName === 'DETAILS') named.open = true;
}

/** Returns the users of the embedded server, or none on another server. */
async function loadDemo() {
  const response = await fetch('demo.json');
  return response.ok ? response.json() : { users: [] };
}
