/** No list of the product's names is published; these are those of the classes of their arguments. */
export const exportTask = 'ProjectExport';
export const importTask = 'ProjectImport';
