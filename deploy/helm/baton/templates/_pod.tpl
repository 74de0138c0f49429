{{/* What every pod has. All of them fit the level "restricted" of Pod Security. */}}

{{/* (list $ .Values.inference): the fields of a pod's spec, without containers and volumes. */}}
{{- define "baton.podSpec" -}}
{{- $root := index . 0 -}}
automountServiceAccountToken: false
enableServiceLinks: false # a Service named baton would set BATON_PORT
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with $root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with (index . 1).podSpec }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* (list $ "inference"): the image of a container and what it may do. */}}
{{- define "baton.container" -}}
image: {{ include "baton.image" . | quote }}
imagePullPolicy: {{ (index . 0).Values.image.pullPolicy }}
securityContext:
  readOnlyRootFilesystem: true
  allowPrivilegeEscalation: false
  capabilities: {drop: [ALL]}
{{- end -}}

{{/* (list $ "inference" .Values.inference): labels and annotations of a pod. */}}
{{- define "baton.podMetadata" -}}
labels:
  {{- include "baton.selector" (list (index . 0) (index . 1)) | nindent 2 }}
{{- with (index . 2).podAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
