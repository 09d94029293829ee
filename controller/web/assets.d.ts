/** What Vite makes of imports that are not modules. */
declare module '*.css';
declare module '*?url' {
  const url: string;
  export default url;
}
