provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

resource "aws_kms_key" "app" {
  description         = "orders"
  enable_key_rotation = true
}

resource "aws_sqs_queue" "orders" {
  provider                = aws.frankfurt
  name                    = "orders"
  sqs_managed_sse_enabled = true
}
