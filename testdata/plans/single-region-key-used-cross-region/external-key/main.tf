provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

resource "aws_kms_external_key" "app" {
  description = "orders"
}

resource "aws_sqs_queue" "orders" {
  provider          = aws.frankfurt
  name              = "orders"
  kms_master_key_id = aws_kms_external_key.app.arn
}
