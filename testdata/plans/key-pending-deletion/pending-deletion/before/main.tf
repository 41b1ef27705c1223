provider "aws" {
  region = "eu-west-1"
}

resource "aws_kms_key" "app" {
  description = "Application data"
}

resource "aws_kms_alias" "app" {
  name          = "alias/app"
  target_key_id = aws_kms_key.app.key_id
}

resource "aws_sqs_queue" "jobs" {
  name              = "jobs"
  kms_master_key_id = aws_kms_key.app.arn
}

# Somebody schedules the deletion by hand, while the alias is still there.
resource "terraform_data" "deletion" {
  depends_on = [aws_kms_alias.app, aws_sqs_queue.jobs]

  provisioner "local-exec" {
    command = <<-EOT
      curl --silent --show-error --fail "$AWS_ENDPOINT_URL" \
        --header 'X-Amz-Target: TrentService.ScheduleKeyDeletion' \
        --header 'Content-Type: application/x-amz-json-1.1' \
        --header 'Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/kms/aws4_request, SignedHeaders=host, Signature=0' \
        --data '{"KeyId": "${aws_kms_key.app.key_id}", "PendingWindowInDays": 7}'
    EOT
  }
}
