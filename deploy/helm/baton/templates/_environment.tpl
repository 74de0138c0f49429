{{/* Settings of the containers: a map from the variable to a text, or to where its value is from. */}}

{{/* (dict "settings" MAP "extra" .Values.inference.extraEnv): the list of a container. The extra ones win. */}}
{{- define "baton.environment" -}}
{{- $all := .settings -}}
{{- range $name, $value := .extra }}{{ $_ := set $all $name $value }}{{ end -}}
{{- range $name, $value := $all }}
- name: {{ $name }}
  {{- if kindIs "string" $value }}
  value: {{ $value | quote }}
  {{- else }}
  valueFrom: {{ toJson $value }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* (dict "secret" NAME "keys" (dict VARIABLE KEY)): variables from keys of a Secret, which may be missing. */}}
{{- define "baton.optionalKeys" -}}
{{- if .secret }}
{{- $secret := .secret }}
{{- range $name, $key := .keys }}
{{ $name }}: {secretKeyRef: {name: {{ $secret }}, key: {{ $key }}, optional: true}}
{{- end }}
{{- end }}
{{- end -}}

{{/* (list $ SECRET): the registry, the model, and the credentials. */}}
{{- define "baton.registrySettings" -}}
{{- $root := index . 0 -}}
MLFLOW_TRACKING_URI: {{ include "baton.trackingUri" $root | quote }}
BATON_MODEL_NAME: {{ $root.Values.model.name | quote }}
BATON_ALIAS: {{ $root.Values.model.alias | quote }}
BATON_CANARY_ALIAS: {{ $root.Values.model.canaryAlias | quote }}
{{- include "baton.optionalKeys" (dict "secret" (index . 1) "keys" (dict
  "MLFLOW_TRACKING_USERNAME" "tracking-username"
  "MLFLOW_TRACKING_PASSWORD" "tracking-password"
  "MLFLOW_TRACKING_TOKEN" "tracking-token")) }}
{{- end -}}

{{/* (list $ SECRET "trainer"): also where inference is, and the name in `baton history`. */}}
{{- define "baton.commandSettings" -}}
{{- $root := index . 0 -}}
{{ include "baton.registrySettings" . }}
BATON_INFERENCE_URL: http://{{ include "baton.name" (list $root "inference-pods") }}:8000
BATON_ACTOR: {{ include "baton.name" (list $root (index . 2)) }}
{{- include "baton.optionalKeys" (dict "secret" (index . 1) "keys" (dict
  "BATON_API_KEY" "api-key"
  "BATON_TRUSTED_KEYS" "trusted-keys")) }}
{{- end -}}
