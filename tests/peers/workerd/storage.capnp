using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "objects", disk = (path = "OBJECTS", writable = true)),
  ],
  sockets = [
    (name = "http", address = "127.0.0.1:0", http = (), service = "main"),
    (name = "control", address = "127.0.0.1:0", http = (), service = "main"),
  ],
);

const main :Workerd.Worker = (
  modules = [(name = "storage.mjs", esModule = embed "storage.mjs")],
  compatibilityDate = "2026-03-01",
  bindings = [
    (name = "STORAGE", durableObjectNamespace = "Storage"),
    (name = "UNSAFE", unsafeEval = void),
  ],
  durableObjectNamespaces = [(className = "Storage", uniqueKey = "shop-Storage", enableSql = true)],
  durableObjectStorage = (localDisk = "objects"),
);
