// What Streamlit does with a page of ours, and around it.

// Streamlit calls this on each run of its script. The page stays, and takes what is new.
export function mounting(open) {
  const pages = new WeakMap();
  return ({ parentElement, data, setTriggerValue }) => {
    const page = pages.get(parentElement);
    if (!page) pages.set(parentElement, open(parentElement, data, setTriggerValue));
    else if (page.data.person !== data.person) location.reload(); // it is another's page now
    else page.renew?.(data);
    return () => {
      pages.get(parentElement)?.leave();
      pages.delete(parentElement);
    };
  };
}

// While the server is away Streamlit lays a dialog over the faces and makes the page inert.
// Labelling goes on then, and the page says itself what waits.
export function keepConnectionDialogsShut() {
  const dialogs = new MutationObserver(() => {
    for (const dialog of document.querySelectorAll(".stDialog")) {
      if (/connection error/i.test(dialog.textContent)) dialog.querySelector("button")?.click();
    }
  });
  dialogs.observe(document.body, { childList: true, subtree: true });
  return dialogs;
}
