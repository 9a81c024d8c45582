// Lets Node 20 import the pages' .ts files: takes the types off, changes nothing else.
import { register } from 'node:module';

register('./typescript_hooks.mjs', import.meta.url);
