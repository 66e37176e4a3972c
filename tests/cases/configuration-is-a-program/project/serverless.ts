export default { service: "demo", provider: { name: "tencent", runtime: "Python3.6" }, plugins: ["serverless-tencent-scf"] };
