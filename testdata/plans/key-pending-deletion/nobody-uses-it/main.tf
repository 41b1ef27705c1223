provider "aws" {
  region = "eu-west-1"
}

data "aws_kms_key" "app" {
  key_id = "alias/app"
}

resource "aws_kms_alias" "other" {
  name          = "alias/other"
  target_key_id = data.aws_kms_key.app.id
}

resource "aws_kms_grant" "app" {
  key_id            = data.aws_kms_key.app.id
  grantee_principal = "arn:aws:iam::111122223333:role/app"
  operations        = ["Decrypt"]
}

resource "aws_sqs_queue" "jobs" {
  name              = "jobs"
  kms_master_key_id = "alias/aws/sqs"
}

resource "aws_sqs_queue" "mails" {
  name                    = "mails"
  sqs_managed_sse_enabled = true
}
