import { parseAllDocuments } from 'yaml';

import type { Manifest } from '../../src/migrate/manifest.ts';

/** A stack with every habit of a local cluster at once; nobody would write it, and each part of it somebody has. */
const text = `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop, annotations: { deployment.kubernetes.io/revision: '7', kubectl.kubernetes.io/last-applied-configuration: 'not-for-anybody' } }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      nodeSelector: { kubernetes.io/hostname: k3d-shop-agent-0 }
      hostNetwork: true
      dnsPolicy: ClusterFirstWithHostNet
      containers:
        - name: web
          image: k3d-registry.localhost:5000/shop/web
          imagePullPolicy: Never
          ports: [{ name: http, containerPort: 8080, hostPort: 8080 }]
          readinessProbe: { httpGet: { path: /ready, port: http } }
          env:
            - { name: BASE_URL, value: 'https://shop.local:8443/start' }
            - { name: ALLOWED_HOSTS, value: 'localhost,shop.local,web.shop.svc.cluster.local' }
            - { name: MAIL_HOST, value: host.k3d.internal }
            - { name: PEER, value: '10.43.7.7' }
            - { name: HOST, value: shop.local }
            - { name: SMTP_PASSWORD, value: not-for-anybody }
            - { name: DATABASE_URL, value: 'postgres://shop:not-for-anybody@postgres/shop' }
            - { name: PASSWORD_FILE, value: /run/secrets/password }
            - { name: TOKEN, valueFrom: { secretKeyRef: { name: api, key: token } } }
          envFrom: [{ secretRef: { name: sealed } }]
          volumeMounts:
            - { name: media, mountPath: /srv/media }
            - { name: stuff, mountPath: /var/stuff }
            - { name: cache, mountPath: /var/cache/web }
            - { name: tls, mountPath: /tls }
      volumes:
        - { name: media, hostPath: { path: /home/somebody/media } }
        - { name: stuff, emptyDir: {} }
        - { name: cache, emptyDir: {} }
        - { name: tls, secret: { secretName: shop-tls } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: search, namespace: shop }
spec:
  replicas: 1
  selector: { matchLabels: { app: search } }
  template:
    metadata: { labels: { app: search } }
    spec:
      nodeName: k3d-shop-agent-1
      containers:
        - { name: search, image: 'elasticsearch:latest', volumeMounts: [{ name: data, mountPath: /usr/share/data }] }
        - { name: ship, image: quay.io/logs/ship:1.2, volumeMounts: [{ name: docker, mountPath: /docker.sock }] }
      volumes:
        - { name: data, emptyDir: {} }
        - { name: docker, hostPath: { path: /var/run/docker.sock } }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: queue, namespace: shop }
spec:
  replicas: 3
  serviceName: queue
  selector: { matchLabels: { app: queue } }
  template:
    metadata: { labels: { app: queue } }
    spec:
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: kubernetes.io/hostname, operator: In, values: [k3d-shop-server-0] }] }] } } }
      containers: [{ name: queue, image: 'rabbitmq@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', volumeMounts: [{ name: queue-data, mountPath: /var/lib/rabbitmq }] }]
      volumes: [{ name: queue-data, emptyDir: {} }]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: postgres, namespace: shop }
spec:
  replicas: 1
  serviceName: postgres
  selector: { matchLabels: { app: postgres } }
  template:
    metadata: { labels: { app: postgres } }
    spec:
      containers: [{ name: postgres, image: 'postgres:16', volumeMounts: [{ name: data, mountPath: /var/lib/postgresql/data }] }]
  volumeClaimTemplates:
    - { metadata: { name: data }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 20Gi } } } }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop, annotations: { svccontroller.k3s.cattle.io/nodeselector: x } }
spec:
  type: LoadBalancer
  clusterIP: 10.43.12.12
  clusterIPs: [10.43.12.12]
  externalTrafficPolicy: Local
  healthCheckNodePort: 31999
  selector: { app: web }
  ports: [{ name: http, port: 80, targetPort: http, nodePort: 30080 }]
---
apiVersion: v1
kind: Service
metadata: { name: postgres, namespace: shop }
spec: { type: NodePort, selector: { app: postgres }, ports: [{ port: 5432, nodePort: 30432 }] }
---
apiVersion: v1
kind: Service
metadata: { name: queue, namespace: shop }
spec: { clusterIP: None, selector: { app: queue }, ports: [{ port: 5672 }] }
---
apiVersion: traefik.io/v1alpha1
kind: IngressRoute
metadata: { name: web, namespace: shop }
spec:
  entryPoints: [websecure]
  routes: [{ match: 'Host(\`shop.local\`) && PathPrefix(\`/app\`)', kind: Rule, services: [{ name: web, port: http }] }]
---
apiVersion: traefik.io/v1alpha1
kind: Middleware
metadata: { name: limit, namespace: shop }
spec: { rateLimit: { average: 10 } }
---
apiVersion: helm.cattle.io/v1
kind: HelmChart
metadata: { name: grafana, namespace: kube-system }
spec: { chart: grafana }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: coredns-custom, namespace: kube-system }
data: { x.server: 'x' }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: web, namespace: shop }
data:
  server: shop.local
  api_key: not-for-anybody
  nginx.conf: |
    server_name shop.local;
---
apiVersion: v1
kind: PersistentVolume
metadata: { name: pvc-1 }
spec: { capacity: { storage: 1Gi }, accessModes: [ReadWriteOnce], hostPath: { path: /var/lib/rancher/k3s/storage/pvc-1 } }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: exports, namespace: shop, annotations: { volume.kubernetes.io/selected-node: k3d-shop-agent-0 } }
spec: { accessModes: [ReadWriteOnce], volumeName: pvc-1, storageClassName: local-path, resources: { requests: { storage: 1Gi } } }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: fast, namespace: shop }
spec: { accessModes: [ReadWriteOnce], storageClassName: longhorn, resources: { requests: { storage: 50Gi } } }
---
apiVersion: v1
kind: Secret
metadata: { name: api, namespace: shop }
stringData: { token: not-for-anybody }
---
apiVersion: v1
kind: Secret
metadata: { name: shop-tls, namespace: shop }
type: kubernetes.io/tls
data: { tls.crt: bm90LWZvci1hbnlib2R5, tls.key: bm90LWZvci1hbnlib2R5 }
---
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: { name: sealed, namespace: shop }
spec: { encryptedData: { KEY: AgBnot-for-anybody } }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: search, namespace: shop }
spec: { minReplicas: 1, maxReplicas: 3, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: search } }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data-postgres-0, namespace: shop }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 20Gi } } }
---
apiVersion: v1
kind: Endpoints
metadata: { name: legacy, namespace: shop }
subsets: [{ addresses: [{ ip: 192.168.1.20 }], ports: [{ port: 443 }] }]
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: pull, namespace: shop }
spec:
  secretStoreRef: { kind: ClusterSecretStore, name: at-home }
  target: { template: { type: kubernetes.io/dockerconfigjson } }
  data: [{ secretKey: .dockerconfigjson, remoteRef: { key: shop/pull } }]
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: mails, namespace: shop }
spec:
  schedule: '0 7 * * *'
  jobTemplate: { spec: { template: { spec: { restartPolicy: Never, containers: [{ name: mails, image: 'shop/mails:3' }] } } } }
---
apiVersion: batch/v1
kind: Job
metadata: { name: import, namespace: shop }
spec: { template: { spec: { restartPolicy: Never, containers: [{ name: import, image: 'shop/import:3' }] } } }
---
apiVersion: v1
kind: ResourceQuota
metadata: { name: small, namespace: shop }
spec: { hard: { requests.storage: 30Gi } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: odd.texts, namespace: shop }
data:
  separator: "a\\u2028b\\ufeff\\u0007"
  words: 'on'
  octal: '0123'
  time: '12:30:45'
  lines: "a\\r\\nb  \\n\\n"
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec:
  podSelector: { matchLabels: { app: web } }
  policyTypes: [Ingress]
  ingress: [{ from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } } }, { ipBlock: { cidr: 192.168.1.0/24 } }] }]
`;

/** Its objects. */
export function localStack(): readonly Manifest[] {
  return parseAllDocuments(text).map((document) => document.toJS() as Manifest);
}
