{{- define "baton.inferenceSettings" -}}
{{- $own := .Values.inference -}}
{{- $secret := .Values.secrets.inference -}}
{{ include "baton.registrySettings" (list . $secret) }}
BATON_POLL_INTERVAL_S: {{ $own.pollIntervalSeconds | quote }}
{{- with .Values.tracking.browserUrl }}
BATON_TRACKING_UI_URL: {{ . | quote }}
{{- end }}
{{- if $own.grpc.enabled }}
BATON_GRPC_PORT: {{ $own.grpc.port | quote }}
{{- end }}
{{- if $own.requireApiKeys }}
BATON_API_KEYS_FILE: /run/secrets/api-keys/keys
{{- end }}
{{- if $own.requireSignatures }}
BATON_TRUSTED_KEYS: {secretKeyRef: {name: {{ $secret }}, key: trusted-keys}}
{{- end }}
{{- if $own.predictions.enabled }}
BATON_PREDICTIONS_DIR: /var/lib/baton/predictions
{{- include "baton.optionalKeys" (dict "secret" $secret "keys" (dict "BATON_PREDICTIONS_KEY" "predictions-key")) }}
{{- end }}
{{- include "baton.optionalKeys" (dict "secret" $secret "keys" (dict "BATON_WEBHOOK_SECRET" "webhook-secret")) }}
{{- end -}}
