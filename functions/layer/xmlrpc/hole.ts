/** A string's place in a form; no name or number can hold it, so that in what the package writes it stands for a string alone. */
export const HOLE = '&hole;';
